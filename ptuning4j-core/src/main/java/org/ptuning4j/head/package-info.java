/** What reads a backbone's states: their scores, their loss, and what is right. */
package org.ptuning4j.head;
