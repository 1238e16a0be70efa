package io.metawal.connectors.risingwave;

import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.metadata.fault.UsageException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code risingwave+etcd://HOST:PORT[,…][?hummock=URL&…]}: a meta store, and where its Hummock is.
 *
 * @param hummock URL of the data directory; null where the meta store's own parameters say it
 */
public record RwUrl(EtcdOptions etcd, @Nullable String hummock) {
    public static final String SCHEME = "risingwave+etcd://";
    private static final String HUMMOCK = "hummock=";

    public static boolean names(String url) {
        return url.startsWith(SCHEME);
    }

    public static RwUrl parse(String url) {
        if (!names(url)) {
            throw new UsageException("\"" + url + "\" is no RisingWave meta store on etcd: expected " + SCHEME
                    + "HOST:PORT[,HOST:PORT…][?hummock=URL&ca=FILE&cert=FILE&key=FILE]");
        }
        int question = url.indexOf('?');
        String query = question < 0 ? "" : url.substring(question + 1);
        String hummock = null;
        for (String part : query.split("&", -1)) {
            if (part.startsWith(HUMMOCK)) {
                hummock = URLDecoder.decode(part.substring(HUMMOCK.length()), StandardCharsets.UTF_8);
            }
        }
        String others = Arrays.stream(query.split("&", -1))
                .filter(part -> !part.isEmpty() && !part.startsWith(HUMMOCK))
                .collect(Collectors.joining("&"));
        String authority = url.substring(SCHEME.length(), question < 0 ? url.length() : question);
        EtcdOptions etcd = EtcdOptions.parse("etcd://" + authority + (others.isEmpty() ? "" : "?" + others));
        if (!etcd.prefix().isEmpty()) {
            throw new UsageException("\"" + url + "\": a meta store has no prefix of its own; leave prefix= out");
        }
        return new RwUrl(etcd, hummock);
    }
}
