package io.metawal.metadata.fault;

/** What a process ends with; the numbers are a promise to scripts. */
public enum ExitCode {
    DONE(0),
    FAILED(1),
    USAGE(2),
    POINT_NOT_FOUND(3),
    GAP(4),
    CORRUPT(5),
    MISMATCH(6),
    DATA_FILE_MISSING(7),
    FENCED(8),
    CONFLICT(9),
    BUSY(10),
    UNREACHABLE(11),
    ACCESS_DENIED(12),
    DISK_FULL(13),
    OUTPUT_FAILED(14),
    TARGET_NOT_EMPTY(15),
    WARNINGS(16),
    OBJECTIVE_MISSED(17),
    UNSUPPORTED_FORMAT(18),
    SOURCE_CHANGED(19),
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** Whether the same call may succeed later without any change to metawal's own data: the place may answer, or have room again. */
    public boolean mayPass() {
        return this == UNREACHABLE || this == ACCESS_DENIED || this == DISK_FULL;
    }

    public int number() {
        return number;
    }
}
