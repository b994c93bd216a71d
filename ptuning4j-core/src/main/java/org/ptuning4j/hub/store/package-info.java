/** Models that were made from other formats, as folders in this project's own cache. */
package org.ptuning4j.hub.store;
