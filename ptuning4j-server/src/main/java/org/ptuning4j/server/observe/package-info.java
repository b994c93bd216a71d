/** What operators see: logs and metrics. */
package org.ptuning4j.server.observe;
