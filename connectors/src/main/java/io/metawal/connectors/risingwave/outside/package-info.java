/** What a RisingWave keeps outside its meta store, and a restore does not bring back: reported to the operator, from the image. */
@NullMarked
package io.metawal.connectors.risingwave.outside;

import org.jspecify.annotations.NullMarked;
