/** What stands between the protocols and the models: questions go in, results come out. */
package org.ptuning4j.server.serving;
