/** The page at {@code /}, on which tasks are tried out. */
package org.ptuning4j.server.page;
