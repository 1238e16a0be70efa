package io.metawal.storage.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.metawal.metadata.commit.Sha256;
import io.metawal.metadata.fault.CorruptException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import io.metawal.storage.object.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Small objects as JSON that says whether it is whole: {@code {"key":…,"format":1,"is":{…},"sha256":"…"}}. {@code key} is
 * the object's own, so that a copy under another name is found; {@code sha256} is over all bytes before the comma that
 * precedes it.
 */
public final class SealedJson {
    public static final int FORMAT = 1;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final String SEAL = ",\"sha256\":\"";
    private static final int SEAL_LENGTH = SEAL.length() + 64 + 2;

    private SealedJson() {}

    private record Envelope<T>(String key, int format, T is) {}

    public static byte[] write(ObjectKey key, Object is) {
        try {
            String whole = JSON.writeValueAsString(new Envelope<>(key.value(), FORMAT, is));
            byte[] summed = whole.substring(0, whole.length() - 1).getBytes(StandardCharsets.UTF_8);
            String seal = SEAL + HexFormat.of().formatHex(Sha256.of(summed)) + "\"}";
            byte[] bytes = Arrays.copyOf(summed, summed.length + SEAL_LENGTH);
            System.arraycopy(seal.getBytes(StandardCharsets.US_ASCII), 0, bytes, summed.length, SEAL_LENGTH);
            return bytes;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + key + " as JSON", e);
        }
    }

    public static <T> T read(ObjectKey key, byte[] bytes, Class<T> type) {
        int summed = bytes.length - SEAL_LENGTH;
        if (summed < 2) {
            throw new CorruptException(key + " has " + bytes.length + " bytes, too few to be whole: it is truncated");
        }
        String seal = SEAL + HexFormat.of().formatHex(Sha256.of(bytes, 0, summed)) + "\"}";
        byte[] found = Arrays.copyOfRange(bytes, summed, bytes.length);
        if (!MessageDigest.isEqual(found, seal.getBytes(StandardCharsets.US_ASCII))) {
            throw new CorruptException(
                    key + ": its SHA-256 does not fit its bytes: it is damaged, or was edited by hand");
        }
        try {
            String body = new String(bytes, 0, summed, StandardCharsets.UTF_8) + "}";
            Envelope<T> envelope =
                    JSON.readValue(body, JSON.getTypeFactory().constructParametricType(Envelope.class, type));
            if (!envelope.key().equals(key.value())) {
                throw new CorruptException(key + " holds what was written as " + envelope.key() + ": it is a copy");
            }
            if (envelope.format() > FORMAT) {
                throw new UnsupportedFormatException(key + " is of format " + envelope.format()
                        + ", this version reads up to " + FORMAT + ": use a newer metawal");
            }
            return envelope.is();
        } catch (JsonProcessingException e) {
            throw new CorruptException(key + " is not the JSON that it should be: " + e.getOriginalMessage(), e);
        }
    }
}
