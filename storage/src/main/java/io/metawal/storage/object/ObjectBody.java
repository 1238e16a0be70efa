package io.metawal.storage.object;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** An object's bytes before it is stored. They can be read several times: a store retries, and may send parts apart. */
public interface ObjectBody {
    long size();

    /** The bytes from {@code offset} on. */
    InputStream open(long offset) throws IOException;

    static ObjectBody of(byte[] bytes) {
        return new ObjectBody() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream open(long offset) {
                int from = Math.toIntExact(offset);
                return new ByteArrayInputStream(bytes, from, bytes.length - from);
            }
        };
    }
}
