package io.metawal.connectors.risingwave.files;

import java.util.Map;

/**
 * What a cluster's system parameters say of its Hummock.
 *
 * @param stateStore such as {@code hummock+s3://bucket}; empty where it is not known
 * @param dataDirectory the part of the store that is the cluster's
 * @param spreads the parameter {@code use_new_object_prefix_strategy}
 */
public record HummockParameters(String stateStore, String dataDirectory, String spreads) {
    public static final HummockParameters UNKNOWN = new HummockParameters("", "", "");

    /** From values by name. */
    public static HummockParameters of(Map<String, String> parameters) {
        return new HummockParameters(
                parameters.getOrDefault("state_store", ""),
                parameters.getOrDefault("data_directory", ""),
                parameters.getOrDefault("use_new_object_prefix_strategy", ""));
    }

    public boolean known() {
        return !stateStore.isEmpty();
    }
}
