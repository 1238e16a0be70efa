/** Places for servers under test. */
@org.jspecify.annotations.NullMarked
package io.metawal.testkit.net;
