/** What values mean to people. */
@NullMarked
package io.metawal.connectors.view;

import org.jspecify.annotations.NullMarked;
