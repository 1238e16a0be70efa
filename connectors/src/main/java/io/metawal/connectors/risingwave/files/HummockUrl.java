package io.metawal.connectors.risingwave.files;

import io.metawal.metadata.fault.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in a store as RisingWave names it: the system parameter {@code state_store} with {@code data_directory} after it, or a backup's
 * URL. It says two things apart: which path rule holds, which {@link SstPaths} knows, and how the place is reached, which is said here.
 *
 * <pre>
 * s3://BUCKET                           S3; RW_S3_ENDPOINT, RW_IS_FORCE_PATH_STYLE as in RisingWave
 * s3-compatible://BUCKET                to v1.x; S3_COMPATIBLE_ENDPOINT, _REGION, _ACCESS_KEY_ID, _SECRET_ACCESS_KEY
 * minio://KEY:SECRET@[http[s]://]HOST:PORT/BUCKET
 * gcs://BUCKET[@ROOT]                   GCS by its S3 interface, with HMAC keys
 * oss://BUCKET[@ROOT]                   OSS_ENDPOINT, OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET
 * obs://BUCKET[@ROOT]                   OBS_ENDPOINT, OBS_ACCESS_KEY_ID, OBS_SECRET_ACCESS_KEY
 * fs://PATH                             a directory
 * azblob://, hdfs://, webhdfs://        have no S3 interface: only by a gateway, named with hummock=s3://…
 * </pre>
 *
 * <p>Source: {@code build_remote_object_store} in {@code src/object_store/src/object/mod.rs}, and the engines beside it.
 */
public final class HummockUrl {
    private static final String HUMMOCK = "hummock+";
    private static final String FILE = "file:";
    private static final Pattern SCHEME = Pattern.compile("([a-z0-9-]+)://(.*)");
    private static final Pattern MINIO = Pattern.compile("([^:]+):([^@]+)@(https?://)?([^/]+)/(.+)");
    private static final String GCS_ENDPOINT = "https://storage.googleapis.com";

    private HummockUrl() {}

    /** A usage error where the store is one that cannot be opened from here: it names the option that helps. */
    static Place of(HummockParameters parameters, Map<String, String> environment) {
        String stateStore = parameters.stateStore();
        String url = stateStore.startsWith(HUMMOCK) ? stateStore.substring(HUMMOCK.length()) : stateStore;
        Place root = place(url, environment);
        if (root == null) {
            throw new UsageException("the cluster keeps its Hummock in \""
                    + shown(stateStore) + "\", directory \""
                    + parameters.dataDirectory() + "\", which cannot be opened from here: give its URL,"
                    + " hummock=file:/path or hummock=s3://bucket/path, data directory included" + gateway(url));
        }
        return new Place(join(root.url(), parameters.dataDirectory()), root.environment());
    }

    private static String shown(String url) {
        return url.replaceFirst("minio://.*@", "minio://***@");
    }

    private static String gateway(String url) {
        return url.startsWith("azblob:") || url.startsWith("hdfs:") || url.startsWith("webhdfs:")
                ? ". That store has no S3 interface of its own: put a gateway before it (S3Proxy, for one), and name its endpoint"
                        + " in METAWAL_HUMMOCK_S3_ENDPOINT"
                : "";
    }

    /** As an operator, or RisingWave, names a place; what is no form of RisingWave's is a metawal's own: a path, file: or s3:. */
    static Place named(String url, Map<String, String> environment) {
        Place known = place(url, environment);
        if (known != null) {
            return known;
        }
        Matcher m = SCHEME.matcher(url);
        if (m.matches() && !m.group(1).equals("file")) {
            throw new UsageException("\"" + shown(url)
                    + "\" cannot be opened from here: expected file:/path, a path, s3://bucket/path, or minio://, gcs://,"
                    + " oss:// or obs:// as RisingWave has it" + gateway(url));
        }
        return new Place(url, Map.of());
    }

    private static @Nullable Place place(String url, Map<String, String> environment) {
        Matcher m = SCHEME.matcher(url);
        if (!m.matches()) {
            return null;
        }
        String rest = m.group(2);
        Map<String, String> with = new HashMap<>();
        switch (m.group(1)) {
            case "fs" -> {
                return new Place(FILE + rest, Map.of());
            }
            case "minio" -> {
                return minio(rest);
            }
            case "s3" -> {
                put(with, HummockEnvironment.ENDPOINT, environment.get("RW_S3_ENDPOINT"));
                put(with, HummockEnvironment.PATH_STYLE, environment.get("RW_IS_FORCE_PATH_STYLE"));
            }
            case "s3-compatible" -> {
                put(with, HummockEnvironment.ENDPOINT, environment.get("S3_COMPATIBLE_ENDPOINT"));
                put(with, HummockEnvironment.REGION, environment.get("S3_COMPATIBLE_REGION"));
                put(with, HummockEnvironment.ACCESS_KEY, environment.get("S3_COMPATIBLE_ACCESS_KEY_ID"));
                put(with, HummockEnvironment.SECRET_KEY, environment.get("S3_COMPATIBLE_SECRET_ACCESS_KEY"));
            }
            case "gcs" -> {
                with.put(HummockEnvironment.ENDPOINT, GCS_ENDPOINT);
                with.put(HummockEnvironment.REGION, "auto");
            }
            case "oss" -> {
                hosted(with, environment.get("OSS_ENDPOINT"));
                put(with, HummockEnvironment.ACCESS_KEY, environment.get("OSS_ACCESS_KEY_ID"));
                put(with, HummockEnvironment.SECRET_KEY, environment.get("OSS_ACCESS_KEY_SECRET"));
            }
            case "obs" -> {
                hosted(with, environment.get("OBS_ENDPOINT"));
                put(with, HummockEnvironment.ACCESS_KEY, environment.get("OBS_ACCESS_KEY_ID"));
                put(with, HummockEnvironment.SECRET_KEY, environment.get("OBS_SECRET_ACCESS_KEY"));
            }
            default -> {
                return null;
            }
        }
        return new Place("s3://" + withRoot(rest), with);
    }

    /** Both want the bucket in the host's name. */
    private static void hosted(Map<String, String> with, @Nullable String endpoint) {
        if (endpoint != null && !endpoint.isBlank()) {
            with.put(HummockEnvironment.ENDPOINT, endpoint.contains("://") ? endpoint : "https://" + endpoint);
            with.put(HummockEnvironment.PATH_STYLE, "false");
        }
    }

    private static void put(Map<String, String> with, String name, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            with.put(name, value);
        }
    }

    private static @Nullable Place minio(String rest) {
        Matcher m = MINIO.matcher(rest);
        if (!m.matches()) {
            return null;
        }
        String http = m.group(3) == null ? "http://" : m.group(3);
        return new Place(
                "s3://" + bare(m.group(5)),
                Map.of(
                        HummockEnvironment.ENDPOINT,
                        http + m.group(4),
                        HummockEnvironment.PATH_STYLE,
                        "true",
                        HummockEnvironment.ACCESS_KEY,
                        m.group(1),
                        HummockEnvironment.SECRET_KEY,
                        m.group(2)));
    }

    /** {@code bucket@root/directory} is {@code bucket/root/directory}. */
    private static String withRoot(String rest) {
        int at = rest.indexOf('@');
        return at < 0
                ? bare(rest)
                : join(bare(rest.substring(0, at)), bare(rest.substring(at + 1)).replaceFirst("^/+", ""));
    }

    private static String bare(String text) {
        return text.replaceFirst("/+$", "");
    }

    /** Whether both lead to the same place, as far as their text tells. */
    static boolean same(String url, String other) {
        return normal(url).equals(normal(other));
    }

    private static String normal(String url) {
        if (isRemote(url)) {
            return bare(url.replaceFirst("\\?.*", ""));
        }
        return path(url).toAbsolutePath().normalize().toString();
    }

    static boolean isMissingDirectory(String url) {
        return !isRemote(url) && !Files.isDirectory(path(url));
    }

    private static boolean isRemote(String url) {
        return url.contains("://") && !url.startsWith(FILE);
    }

    private static Path path(String url) {
        return Path.of(url.startsWith(FILE) ? url.substring(FILE.length()) : url);
    }

    private static String join(String root, String directory) {
        return directory.isEmpty() ? bare(root) : bare(root) + "/" + directory;
    }

    /**
     * @param url of the data directory, as an object store is opened by
     * @param environment what its URL, its scheme and RisingWave's own variables say of how it is reached
     */
    public record Place(String url, Map<String, String> environment) {
        public Place {
            environment = Map.copyOf(environment);
        }

        /** Keys are no part of it. */
        @Override
        public String toString() {
            return url;
        }
    }
}
