package io.metawal.connectors.databend.log;

/** A member of a line is not what it must be; whoever knows the line makes a fault of it. */
public final class FieldException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final String expected;
    private final String found;

    public FieldException(String field, String expected, String found) {
        super(field + ": expected " + expected + ", found " + found);
        this.field = field;
        this.expected = expected;
        this.found = found;
    }

    public String field() {
        return field;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }
}
