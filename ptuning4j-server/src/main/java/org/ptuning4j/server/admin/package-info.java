/** What operators do to a running server, on a listener of its own. */
package org.ptuning4j.server.admin;
