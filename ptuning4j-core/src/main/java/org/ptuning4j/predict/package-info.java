/** Many tasks over one backbone. */
package org.ptuning4j.predict;
