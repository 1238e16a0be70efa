package io.metawal.metadata.point;

import io.metawal.metadata.fault.UsageException;
import java.util.regex.Pattern;

/** The name of a restore point: 1 to 64 of letters, digits, dot, dash and underscore, so that it is safe in a key. */
public final class Label {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Label() {}

    /** Returns the label, or says what is wrong with it. */
    public static String check(String label) {
        if (!FORM.matcher(label).matches()) {
            throw new UsageException(
                    "\"" + label + "\" is not a label: expected 1 to 64 letters, digits, '.', '-', '_',"
                            + " the first a letter or digit");
        }
        return label;
    }
}
