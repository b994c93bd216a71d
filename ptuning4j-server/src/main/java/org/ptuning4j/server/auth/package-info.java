/** Who asks, and what they may ask. */
package org.ptuning4j.server.auth;
