package io.metawal.storage.repository;

/**
 * When what was captured was last compared with the source, and was equal.
 *
 * @param seq every commit up to this one is in what was compared: the first commit of a round of comparisons that agreed
 * @param epoch the source's own clock there
 * @param timeMicros when the round was complete, by the writer's clock
 */
public record Compared(long seq, long epoch, long timeMicros) {}
