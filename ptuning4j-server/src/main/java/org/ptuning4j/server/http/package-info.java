/** HTTP itself: connections, bodies, headers, what every address has in common. */
package org.ptuning4j.server.http;
