/** Heads of trained linear layers, over whole sequences, tokens and spans. */
package org.ptuning4j.head.linear;
