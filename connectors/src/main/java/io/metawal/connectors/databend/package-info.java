/** Databend's meta service: its exports read as base and timed log, and what is captured shown. See {@code docs/formats/databend.md}. */
@NullMarked
package io.metawal.connectors.databend;

import org.jspecify.annotations.NullMarked;
