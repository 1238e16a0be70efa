package io.metawal.connectors.databend.export;

import io.metawal.connectors.databend.log.FieldException;
import io.metawal.metadata.fault.CorruptException;
import org.jspecify.annotations.Nullable;

/** What is wrong with an export, named by line and field. */
public final class ExportFault {
    private ExportFault() {}

    public static CorruptException of(
            String file, long line, String field, String expected, String found, @Nullable Exception cause) {
        return new CorruptException(
                file + " line " + line + ", field " + (field.isEmpty() ? "(the line)" : field) + ": expected "
                        + expected + ", found " + found + ". Nothing of this file was imported; export it again",
                cause);
    }

    static CorruptException of(String file, long line, FieldException e) {
        return of(file, line, e.field(), e.expected(), e.found(), e);
    }
}
