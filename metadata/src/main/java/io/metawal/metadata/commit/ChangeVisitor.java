package io.metawal.metadata.commit;

/** Receives the changes of a payload in order, as places in its bytes, so that nothing is copied that nobody wants. */
@FunctionalInterface
public interface ChangeVisitor {
    /** Offsets are into the array that was scanned, and hold only during the call. */
    void change(Space space, int keyAt, int keyLength, Op op, int valueAt, int valueLength, int metaAt, int metaLength);
}
