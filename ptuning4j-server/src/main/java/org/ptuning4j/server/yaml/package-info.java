/** Settings as they are written. */
package org.ptuning4j.server.yaml;
