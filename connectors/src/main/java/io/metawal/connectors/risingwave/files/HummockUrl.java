package io.metawal.connectors.risingwave.files;

import io.metawal.metadata.fault.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a cluster's Hummock is, as the URL of an object store whose root is the data directory. RisingWave names it by two system
 * parameters: {@code state_store}, such as {@code hummock+s3://bucket}, and {@code data_directory}.
 */
public final class HummockUrl {
    private static final String HUMMOCK = "hummock+";
    private static final String FILE = "file:";
    private static final Pattern MINIO = Pattern.compile("minio://([^:@]+):([^@]+)@([^/]+)/([^/]+)/?");

    private HummockUrl() {}

    /** A usage error where the store is one that cannot be opened from here: it names the option that helps. */
    public static Place of(HummockParameters parameters) {
        String stateStore = parameters.stateStore();
        String dataDirectory = parameters.dataDirectory();
        String url = stateStore.startsWith(HUMMOCK) ? stateStore.substring(HUMMOCK.length()) : stateStore;
        Matcher minio = MINIO.matcher(url);
        if (url.startsWith("s3://")) {
            return new Place(join(url, dataDirectory), Map.of());
        }
        if (url.startsWith("fs://")) {
            return new Place(join("file:" + url.substring("fs://".length()), dataDirectory), Map.of());
        }
        if (minio.matches()) {
            return new Place(
                    join("s3://" + minio.group(4), dataDirectory),
                    Map.of(
                            "METAWAL_S3_ENDPOINT",
                            "http://" + minio.group(3),
                            "AWS_ACCESS_KEY_ID",
                            minio.group(1),
                            "AWS_SECRET_ACCESS_KEY",
                            minio.group(2)));
        }
        throw new UsageException("the cluster keeps its Hummock in \"" + stateStore.replaceFirst("//[^@/]*@", "//***@")
                + "\", directory \"" + dataDirectory + "\", which cannot be opened from here: give its URL,"
                + " hummock=file:/path or hummock=s3://bucket/path, data directory included");
    }

    /** Whether both lead to the same place, as far as their text tells. */
    static boolean same(String url, String other) {
        return normal(url).equals(normal(other));
    }

    private static String normal(String url) {
        if (isRemote(url)) {
            String bare = url.replaceFirst("\\?.*", "");
            return bare.replaceFirst("/+$", "");
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
        String bare = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
        return directory.isEmpty() ? bare : bare + "/" + directory;
    }

    /**
     * @param url of the data directory
     * @param environment what is needed to reach it beside the process's own variables
     */
    public record Place(String url, Map<String, String> environment) {
        public Place {
            environment = Map.copyOf(environment);
        }
    }
}
