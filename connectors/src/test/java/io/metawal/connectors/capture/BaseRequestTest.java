package io.metawal.connectors.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A difference that was found is recorded as a gap, whatever else leads to a base meanwhile. */
class BaseRequestTest {
    private final BaseRequest request = new BaseRequest();

    @Test
    void whatIsOpenStaysAsItWasAskedFor() {
        request.ask("first");
        request.ask("second");
        assertThat(request.reason()).isEqualTo("first");
    }

    @Test
    void itIsDoneOnceItsOwnReasonIsInTheLog() {
        request.ask("first");
        request.done("another");
        assertThat(request.reason()).as("a base for another reason").isEqualTo("first");
        request.done(null);
        assertThat(request.reason()).as("a base without a gap").isEqualTo("first");
        request.done("first");
        assertThat(request.reason()).isNull();
    }

    @Test
    void whatIsAskedForWhileABaseIsTakenStaysOpen() {
        request.ask("first");
        String answered = request.reason();
        request.done(answered);
        request.ask("second");
        request.done(answered);
        assertThat(request.reason()).isEqualTo("second");
    }

    @Test
    void aGapForAnotherReasonRecordsBoth() {
        assertThat(BaseRequest.with(null, null)).isNull();
        assertThat(BaseRequest.with("compacted", null)).isEqualTo("compacted");
        assertThat(BaseRequest.with(null, "differs")).isEqualTo("differs");
        assertThat(BaseRequest.with("compacted", "differs")).isEqualTo("compacted; differs");
        assertThat(BaseRequest.with("compacted; differs", "differs"))
                .as("recorded once")
                .isEqualTo("compacted; differs");
    }
}
