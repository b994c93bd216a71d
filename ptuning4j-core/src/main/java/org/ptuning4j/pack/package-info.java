/** What is saved of a trained task. */
package org.ptuning4j.pack;
