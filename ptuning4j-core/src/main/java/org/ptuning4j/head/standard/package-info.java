/** The heads of the library, and their registry. */
package org.ptuning4j.head.standard;
