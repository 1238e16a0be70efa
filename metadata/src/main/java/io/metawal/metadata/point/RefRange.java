package io.metawal.metadata.point;

import org.jspecify.annotations.Nullable;

/** From one point to another, both included; null is the window's start or its end. */
public record RefRange(@Nullable Ref from, @Nullable Ref to) {}
