package io.metawal.connectors.etcd;

/** Which of etcd's revisions a watch reports. */
enum RevisionNumbers {
    /** All keys are watched: etcd counts one up for each transaction that writes, so every number is reported. */
    DENSE,
    /** A prefix is watched: revisions that changed other keys only are not reported. */
    SPARSE
}
