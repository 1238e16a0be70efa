package io.metawal.connectors.etcd;

/** What becomes of keys that had a lease: the lease itself is gone, and with it whoever kept it alive. */
public enum LeasedKeys {
    /** They come back, and stay until somebody deletes them. */
    WITHOUT_LEASE,
    /** They do not come back. */
    LEFT_OUT
}
