/** The server's own protocol, {@code /v1}. */
package org.ptuning4j.server.protocol;
