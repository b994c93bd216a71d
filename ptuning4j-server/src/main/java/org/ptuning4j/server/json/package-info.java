/** JSON as the server reads and writes it: strictly, and within limits. */
package org.ptuning4j.server.json;
