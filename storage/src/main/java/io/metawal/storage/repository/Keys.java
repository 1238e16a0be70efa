package io.metawal.storage.repository;

import io.metawal.storage.object.ObjectKey;

/** Where each kind of object lies. Numbers are fixed-width lower-case hex, so that a list is in order. */
public final class Keys {
    public static final ObjectKey REPOSITORY = new ObjectKey("repository.json");
    public static final String TERMS = "term/";
    public static final String TIMELINES = "timelines/";
    public static final String SEGMENTS = "segments/";
    public static final String SNAPSHOTS = "snapshots/";
    public static final String LAYERS = "layers/";
    public static final String MANIFEST = "manifest/";
    public static final String HOLDS = "holds/";
    public static final String ACKNOWLEDGED = "acknowledged/";
    public static final String HEADS = "head/";

    private Keys() {}

    public static ObjectKey term(long term) {
        return new ObjectKey(TERMS + hex32(term));
    }

    public static ObjectKey head(long term) {
        return new ObjectKey(HEADS + hex32(term));
    }

    public static ObjectKey manifest(long number) {
        return new ObjectKey(MANIFEST + hex64(number));
    }

    public static ObjectKey timeline(int timeline) {
        return new ObjectKey(TIMELINES + hex32(timeline) + ".json");
    }

    public static ObjectKey hold(String id) {
        return new ObjectKey(HOLDS + id + ".json");
    }

    public static ObjectKey holdSeal(String id) {
        return new ObjectKey(HOLDS + id + ".seal");
    }

    /** @param afterSeq the last commit before the gap */
    public static ObjectKey acknowledged(int timeline, long afterSeq) {
        return new ObjectKey(ACKNOWLEDGED + hex32(timeline) + "." + hex64(afterSeq) + ".json");
    }

    static String hex32(long number) {
        return String.format("%08x", number);
    }

    static String hex64(long number) {
        return String.format("%016x", number);
    }
}
