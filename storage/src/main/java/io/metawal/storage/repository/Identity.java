package io.metawal.storage.repository;

/**
 * {@code repository.json}: whose history this is, for ever.
 *
 * @param cluster the name that people use
 * @param clusterId random, made by {@code init}: tells two clusters of one name apart
 */
public record Identity(int format, String cluster, String clusterId, long createdMicros) {}
