package io.metawal.connectors.databend.export;

import io.metawal.metadata.fault.UnsupportedFormatException;

/** Data versions of the meta service's exports. */
public enum ExportVersion {
    /** Before 2023-04: no header. */
    V0,
    V001,
    V002,
    V003,
    V004;

    static ExportVersion of(String file, long line, String name) {
        for (ExportVersion version : values()) {
            if (version != V0 && version.name().equals(name)) {
                return version;
            }
        }
        throw new UnsupportedFormatException(file + " line " + line + ", field DataHeader.value.version: \"" + name
                + "\" is not known; this metawal reads exports without a header and V001 to V004. Nothing of this file was"
                + " imported; use a newer metawal");
    }
}
