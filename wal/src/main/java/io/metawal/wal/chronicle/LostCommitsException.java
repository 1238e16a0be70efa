package io.metawal.wal.chronicle;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The medium lost commits that were acknowledged (I3). Where the archive has them, the log can be begun anew after them. */
public final class LostCommitsException extends MetawalException {
    private static final long serialVersionUID = 1L;
    /** How far was acknowledged is not known, since the note of it is gone. */
    public static final long UNKNOWN = Long.MAX_VALUE;

    private final long firstMissingSeq;
    private final long lastAckedSeq;

    LostCommitsException(long firstMissingSeq, long lastAckedSeq, String where, @Nullable Throwable cause) {
        super(
                ExitCode.CORRUPT,
                "the hot log lost seq " + firstMissingSeq
                        + (lastAckedSeq == UNKNOWN
                                ? "; how far it had acknowledged is not known either"
                                : " to " + lastAckedSeq + ", which it had acknowledged")
                        + ": " + where
                        + "; if the archive has them, metawal mends the log from it; else set the directory aside and keep it",
                cause);
        this.firstMissingSeq = firstMissingSeq;
        this.lastAckedSeq = lastAckedSeq;
    }

    private LostCommitsException(long ackedSeq, String text, Throwable cause) {
        super(ExitCode.CORRUPT, text, cause);
        this.firstMissingSeq = ackedSeq + 1;
        this.lastAckedSeq = ackedSeq;
    }

    /** Everything acknowledged is there, but Chronicle refuses to go on behind it. */
    static LostCommitsException sealed(Path directory, long ackedSeq, Throwable cause) {
        return new LostCommitsException(
                ackedSeq,
                "the files of the hot log " + directory + " are damaged: every acknowledged commit up to seq "
                        + ackedSeq
                        + " is whole, but nothing can be appended (" + cause
                        + "); if the archive has them all, metawal begins the log anew; else set the directory aside and keep it",
                cause);
    }

    public long firstMissingSeq() {
        return firstMissingSeq;
    }

    /** {@link #UNKNOWN} where the note itself was lost. */
    public long lastAckedSeq() {
        return lastAckedSeq;
    }
}
