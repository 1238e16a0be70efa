package io.metawal.connectors.risingwave;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a restored cluster is to find its files, where that is not where the captured one has them: system parameters to be written in
 * the place of the captured ones. Null leaves one as it was.
 *
 * @param stateStore such as {@code hummock+s3://other-bucket}
 */
public record RwPlaces(
        @Nullable String stateStore,
        @Nullable String dataDirectory,
        @Nullable String backupStorageUrl,
        @Nullable String backupStorageDirectory) {
    public static final RwPlaces AS_CAPTURED = new RwPlaces(null, null, null, null);

    /** The parameters that change, by name. */
    public Map<String, String> parameters() {
        Map<String, String> changed = new LinkedHashMap<>();
        put(changed, "state_store", stateStore);
        put(changed, "data_directory", dataDirectory);
        put(changed, "backup_storage_url", backupStorageUrl);
        put(changed, "backup_storage_directory", backupStorageDirectory);
        return changed;
    }

    private static void put(Map<String, String> changed, String name, @Nullable String value) {
        if (value != null) {
            changed.put(name, value);
        }
    }
}
