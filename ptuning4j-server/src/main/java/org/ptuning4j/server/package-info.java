/** A server for many tasks over one backbone in memory. */
package org.ptuning4j.server;
