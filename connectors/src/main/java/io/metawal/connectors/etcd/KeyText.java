package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import java.util.Locale;

/** A key as a line of text: printable ASCII as it is, any other byte as {@code %XX}; cut where it is long. */
final class KeyText {
    private static final int BYTES_MAX = 200;

    private KeyText() {}

    static String of(ByteString key) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(key.size(), BYTES_MAX); i++) {
            byte b = key.byteAt(i);
            if (b > ' ' && b < 0x7f && b != '%' && b != '&') {
                text.append((char) b);
            } else {
                text.append(String.format(Locale.ROOT, "%%%02X", b));
            }
        }
        return key.size() > BYTES_MAX ? text + "…" : text.toString();
    }
}
