/** What operators see of a running server: its metrics. */
package org.ptuning4j.server.observe;
