/** How a server is set up: addresses, limits, keys, certificates; from options and a YAML file. */
package org.ptuning4j.server.config;
