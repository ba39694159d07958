// The worker uses only map, set and hash of this library; the standard containers serve the same calls.
#pragma once
#include <functional>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	template<class T>
	struct hash
	{
		auto operator()(const T& value) const noexcept -> uint64_t
		{
			return std::hash<T>{}(value);
		}
	};

	template<class K, class V, class H = std::hash<K>, class E = std::equal_to<K>>
	using map = std::unordered_map<K, V, H, E>;
	template<class K, class H = std::hash<K>, class E = std::equal_to<K>>
	using set = std::unordered_set<K, H, E>;
} // namespace ankerl::unordered_dense
