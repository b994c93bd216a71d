/** Lines of logs, which no value that comes from outside can break. */
package org.ptuning4j.server.log;
