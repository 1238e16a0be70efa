package io.metawal.metadata.commit;

/** What a commit stands for in the history. */
public enum CommitKind {
    /** One transaction of the source. */
    DATA(0),
    /** A piece of a base too large for one commit; no point of restore until its {@link #BASE} has come. */
    BASE_PART(1),
    /** A base: with the parts before it, it makes the image equal to the source at its epoch. */
    BASE(2);

    private final byte number;

    CommitKind(int number) {
        this.number = (byte) number;
    }

    /** What stands in the record. */
    byte number() {
        return number;
    }

    static CommitKind of(int number) {
        return switch (number) {
            case 0 -> DATA;
            case 1 -> BASE_PART;
            case 2 -> BASE;
            default -> throw new IllegalArgumentException("no commit kind " + number);
        };
    }

    static boolean known(int number) {
        return number >= 0 && number <= 2;
    }

    /** Whether the image after such a commit is one that the source had. */
    public boolean restorable() {
        return this != BASE_PART;
    }
}
