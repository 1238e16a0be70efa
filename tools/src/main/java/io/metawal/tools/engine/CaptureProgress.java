package io.metawal.tools.engine;

import io.metawal.metadata.commit.SourceDifference;

/** How far a capture is, for those who compare it with its source, and where they report what they found. For any thread. */
public interface CaptureProgress {
    /** Whether the newest commit is a piece of a base that is not complete: the source never looked like that. */
    boolean inBase();

    /** Until when the source was last said to be quiet, by the capture's clock; 0 before it was. */
    long heardMicros();

    /** Gaps recorded since the start. */
    long gaps();

    /** The image at this commit is equal to the source. */
    void compared(SourceDifference.Agreed at);

    /** Where that was last so. */
    SourceDifference.Agreed lastCompared();

    /** The image and the source were found to differ in so many keys. */
    void differ(long keys);
}
