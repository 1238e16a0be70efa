package io.metawal.connectors.sql.cdc;

/** The capture can only go on with a new base; everything that could be told before is with the sink. */
public final class NewBaseException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /** @param reason for the history */
    public NewBaseException(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
