package io.metawal.connectors.risingwave.files;

import io.metawal.metadata.fault.UsageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a checkpoint is written: releases before 3.0 read it plain only; later ones write an envelope, and read both. */
public enum CheckpointForm {
    PLAIN,
    ENVELOPE;

    private static final Pattern VERSION = Pattern.compile("v?(\\d+)\\.(\\d+)(\\..*)?");
    private static final int ENVELOPE_SINCE = 3;

    /** The form that a release reads for certain; plain where none was named, which all read. */
    public static CheckpointForm readBy(@Nullable String version) {
        if (version == null) {
            return PLAIN;
        }
        Matcher m = VERSION.matcher(version);
        if (!m.matches()) {
            throw new UsageException("\"" + version + "\" is no version of RisingWave: expected such as 2.0.1");
        }
        return Integer.parseInt(m.group(1)) >= ENVELOPE_SINCE ? ENVELOPE : PLAIN;
    }
}
