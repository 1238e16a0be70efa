package io.metawal.tools.output;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;

/** Standard output, as text for people or JSON for scripts. */
public final class Output {
    /** How results are printed. */
    public enum Format {
        TEXT,
        JSON,
        CLOUDEVENTS
    }

    private final PrintStream out;
    private final Format format;

    public Output(PrintStream out, Format format) {
        this.out = out;
        this.format = format;
    }

    public Format format() {
        return format;
    }

    public boolean json() {
        return format != Format.TEXT;
    }

    public void line(String text) {
        out.println(text);
    }

    public void json(ObjectNode node) {
        out.println(Json.line(node));
    }

    public void flush() {
        out.flush();
    }

    /** Columns as wide as they need to be; the last runs on. */
    public void table(List<List<String>> rows) {
        int columns = rows.isEmpty() ? 0 : rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int n = 0; n < columns - 1; n++) {
                widths[n] = Math.max(widths[n], row.get(n).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int n = 0; n < columns; n++) {
                line.append(row.get(n));
                if (n < columns - 1) {
                    line.append(" ".repeat(widths[n] - row.get(n).length() + 2));
                }
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
