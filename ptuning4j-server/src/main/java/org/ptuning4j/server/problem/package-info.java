/** What is said to a client whose request is not answered (RFC 9457). */
package org.ptuning4j.server.problem;
