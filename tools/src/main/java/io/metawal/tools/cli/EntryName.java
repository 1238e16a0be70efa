package io.metawal.tools.cli;

import com.google.protobuf.ByteString;
import io.metawal.connectors.ndjson.JsonBytes;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.commit.Space;
import io.metawal.metadata.fault.UsageException;
import java.util.Base64;

/** A key as people write it: {@code SPACE/KEY}, or {@code SPACE/base64:…} for one that is not text. */
final class EntryName {
    private static final String BASE64 = "base64:";

    private EntryName() {}

    static EntryKey parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw new UsageException("\"" + text + "\" is not a key: expected SPACE/KEY, such as catalog.table/1001");
        }
        Space space = new Space(text.substring(0, slash));
        String key = text.substring(slash + 1);
        if (!key.startsWith(BASE64)) {
            return new EntryKey(space, ByteString.copyFromUtf8(key));
        }
        try {
            return new EntryKey(space, ByteString.copyFrom(Base64.getDecoder().decode(key.substring(BASE64.length()))));
        } catch (IllegalArgumentException e) {
            throw new UsageException("\"" + text + "\": what follows base64: is not base64", e);
        }
    }

    static String print(EntryKey key) {
        return key.space() + "/" + JsonBytes.show(key.key());
    }
}
