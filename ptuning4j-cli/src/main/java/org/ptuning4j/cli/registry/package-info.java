/** {@code ptune registry} and its commands. */
package org.ptuning4j.cli.registry;
