/** Traces of requests by OpenTelemetry. */
package org.ptuning4j.server.trace;
